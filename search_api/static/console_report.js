// The console's crawl reports: the latest run of each site, and what staff may confirm.
"use strict";
const crawlReports = ({ words, byId, time, size, outcome, siteTitle, fetchReport, confirmRemovals }) => {
  const told = words.report;
  const LISTED = 100;
  const shown = new Map(); // site: what its report was made from, and its element
  let mayWrite = false;
  let isBusy = false;
  let asked = null; // the site whose removals the dialog asks about

  const number = (value) => value.toLocaleString("zh-CN");
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  // Addresses come from web sites: only those of the web become links.
  function link(url, text) {
    if (!/^https?:\/\//i.test(url)) return element("span", text || url);
    const made = element("a", text || url);
    made.href = url;
    made.target = "_blank";
    made.rel = "noopener noreferrer nofollow";
    return made;
  }

  function section(title, total, items, kept) {
    const details = element("details");
    details.append(element("summary", `${title}（${number(total)}）`));
    const list = element("ul", undefined, "entries");
    list.append(...items.slice(0, LISTED));
    details.append(list);
    if (total > Math.min(items.length, LISTED)) {
      details.append(element("p", fill(told.first_only, { count: Math.min(items.length, LISTED) }), "quiet"));
    }
    details.dataset.part = title;
    details.open = kept.has(title);
    return details;
  }

  // What the crawler says in English, as far as it is known to be said.
  function reason(text) {
    for (const [pattern, words] of Object.entries(told.reasons)) {
      const found = new RegExp(pattern).exec(text || "");
      if (found) return fill(words, { what: found[1] });
    }
    return text || "";
  }

  function entry(...parts) {
    const item = element("li");
    item.append(...parts);
    return item;
  }

  function deadLink(dead) {
    const why = dead.status && dead.status !== 200 ? fill(told.status, { status: dead.status }) : told.soft_error;
    const facts = [why];
    if (dead.anchor) facts.push(`「${dead.anchor}」`);
    if (dead.since) facts.push(fill(told.since, { time: time(dead.since) }));
    const item = entry(link(dead.url), element("span", ` ${facts.join(" · ")}`, "quiet"));
    const carriers = element("div", told.carriers, "carriers");
    dead.carriers.forEach((carrier, index) => {
      if (index) carriers.append("、");
      carriers.append(link(carrier.url, carrier.title));
    });
    if (dead.carriers_total > dead.carriers.length) {
      carriers.append(fill(told.carriers_total, { count: number(dead.carriers_total) }));
    }
    item.append(carriers);
    return item;
  }

  function staleColumn(column) {
    const facts = { newest: column.newest, days: number(column.days), documents: number(column.documents) };
    return entry(element("strong", column.column), element("span", ` ${fill(told.stale_column, facts)}`, "quiet"));
  }

  const partly = (one) => entry(link(one.url, one.title), element("span", ` ${reason(one.problem)}`, "quiet"));

  function lists(report, kept) {
    const urls = (list) => list.map((url) => entry(link(url)));
    const redirects = report.refused_redirects.map((one) => entry(link(one.url), element("span", ` ${reason(one.error)}`, "quiet")));
    const traps = report.traps.map((trap) => {
      return entry(element("code", trap.pattern), element("span", ` ${fill(told.trap, trap)}`, "quiet"));
    });
    return [
      [told.dead_links, report.dead_links_total, report.dead_links.map(deadLink)],
      [told.stale_columns, report.stale_columns.length, report.stale_columns.map(staleColumn)],
      [told.needs_script, report.needs_script_total, urls(report.needs_script)],
      [told.read_in_part, report.read_in_part_total, report.read_in_part.map(partly)],
      [told.refused_redirects, redirects.length, redirects],
      [told.traps, traps.length, traps],
    ].filter(([, total]) => total).map(([title, total, items]) => section(title, total, items, kept));
  }

  const sum = (causes) => Object.values(causes).reduce((total, count) => total + count, 0);

  const IN_TILES = ["new", "changed", "unchanged"];

  function tiles(report) {
    const counts = report.outcomes;
    const facts = [
      [told.new, counts.new], [told.changed, counts.changed], [told.unchanged, counts.unchanged],
      [told.gone, report.gone], [told.blocked, sum(report.blocked)], [told.failed, sum(report.failed)],
    ].map(([name, count]) => [name, number(count || 0)]);
    const { bytes_saved: saved, bytes_received: received } = report.traffic;
    facts.push([told.saved, size(saved)], [told.received, size(received)]);
    const list = element("dl", undefined, "tiles");
    list.append(...facts.map(([name, value]) => {
      const tile = element("div");
      tile.append(element("dt", name), element("dd", value));
      return tile;
    }));
    return list;
  }

  function causes(title, prefix, counts) {
    const facts = Object.entries(counts).map(([cause, count]) => `${outcome(prefix + cause)} ${number(count)}`);
    return facts.length ? [element("p", `${title}：${facts.join("、")}`)] : [];
  }

  function suspicion(report, kept) {
    const held = report.suspicious;
    if (!held) return [];
    const facts = { removals: number(held.removals), documents: number(held.documents) };
    if (report.state !== "suspicious") {
      return [element("p", fill(held.confirmed ? told.was_confirmed : told.was_replaced, { ...facts, time: time(held.confirmed) }), "quiet")];
    }
    const warning = element("div", undefined, "alert");
    warning.append(element("p", fill(told.suspicious, facts)));
    warning.append(section(told.waiting, held.removals, held.pages.map((url) => entry(link(url))), kept));
    const button = element("button", told.confirm);
    button.type = "button";
    button.dataset.part = "confirm";
    button.addEventListener("click", () => ask(report));
    warning.append(button, element("p", told.busy, "quiet busy"));
    return [warning];
  }

  function build(report, kept) {
    const article = element("article", undefined, "report");
    const state = element("span", told.states[report.state], "state");
    state.dataset.state = report.state;
    const head = element("div", undefined, "job-head");
    head.append(element("h3", siteTitle(report.site)), state);
    const facts = [fill(told.run, { run: report.run }), report.full ? words.full : told.incremental,
      `${words.started} ${time(report.started)}`, `${words.finished} ${time(report.finished)}`,
      fill(told.asked, { asked: number(report.pages.asked), known: number(report.pages.known) })];
    article.append(head, element("p", facts.join(" · "), "quiet"));
    if (report.paused) article.append(element("p", `${told.paused}：${reason(report.paused)}`));
    article.append(...suspicion(report, kept), tiles(report));
    const others = Object.entries(report.outcomes).filter(([name]) => !/^(blocked|failed)_/.test(name) && !IN_TILES.includes(name));
    article.append(...causes(told.others, "", Object.fromEntries(others)));
    article.append(...causes(told.blocked, "blocked_", report.blocked), ...causes(told.failed, "failed_", report.failed));
    article.append(...lists(report, kept));
    return article;
  }

  function ask(report) {
    asked = report.site;
    const facts = { site: siteTitle(report.site), removals: number(report.suspicious.removals) };
    byId("confirm-text").textContent = fill(told.really, facts);
    byId("confirm-dialog").showModal();
  }

  // Whoever may not start jobs sees the warning without its button.
  function update() {
    for (const { article } of shown.values()) {
      const button = article.querySelector("[data-part=confirm]");
      if (!button) continue;
      button.hidden = !mayWrite;
      button.disabled = isBusy;
      article.querySelector(".busy").hidden = !(mayWrite && isBusy);
    }
  }

  // Reports are asked for when they are not those that are shown; opened lists stay open.
  async function show(sites, may) {
    mayWrite = may;
    const list = byId("reports");
    for (const { name, last_run: run } of sites) {
      if (!run) continue;
      const made = JSON.stringify(run);
      const before = shown.get(name);
      if (before && before.made === made) continue;
      const report = await fetchReport(run.id);
      const opened = before ? [...before.article.querySelectorAll("details[open]")] : [];
      const article = build(report, new Set(opened.map((details) => details.dataset.part)));
      if (before) before.article.replaceWith(article);
      else list.append(article);
      shown.set(name, { made, article });
    }
    byId("no-reports").hidden = shown.size > 0;
    update();
  }

  // While a crawl or a confirmation waits or runs, what is shown may not be what would go.
  function watch(jobs) {
    isBusy = jobs.some((job) => ["crawl", "confirm"].includes(job.kind) && ["queued", "running"].includes(job.state));
    update();
  }

  function clear() {
    shown.clear();
    byId("reports").replaceChildren();
    byId("confirm-dialog").close();
  }

  byId("confirm-dialog").addEventListener("close", () => {
    if (byId("confirm-dialog").returnValue === "yes" && asked) confirmRemovals(asked);
    byId("confirm-dialog").returnValue = "";
    asked = null;
  });

  return { show, watch, clear };
};
