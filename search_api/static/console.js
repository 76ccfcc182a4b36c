// The staff console: shows what the API says, and asks it to start or cancel jobs.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const root = byId("console");
  const words = JSON.parse(root.dataset.words);
  const KEY = "qzsearch-token";
  const POLL_MS = 1000;
  const STATUS_EVERY = 5; // polls: the index changes far less often than a job's progress
  const UNFINISHED = ["queued", "running"];
  const BY_SITE = ["crawl", "confirm"];
  const cancelling = new Set();
  const siteTitles = new Map();
  const SENDABLE = /^[!-~]+$/; // what a header can hold; every token is of these
  let token = sessionStorage.getItem(KEY);
  let session = 0; // one for each time somebody enters or leaves
  let mayWrite = false;
  let sitesShown = false;
  let polls = 0;
  let timer = 0;
  let offline = false;
  let unfinished = 0; // jobs, at the last look

  class ApiError extends Error {
    constructor(status, problem) {
      super(problem.detail || problem.title || String(status));
      this.status = status;
      this.problem = problem;
    }
  }

  // The answer came after whoever asked had left.
  class Left extends Error {}

  async function api(method, url, body, more = {}) {
    const asked = session;
    if (!SENDABLE.test(token)) throw new ApiError(401, { title: words.wrong_token });
    const headers = { Authorization: `Bearer ${token}`, "Accept-Language": "zh-CN", ...more };
    if (body) headers["Content-Type"] = "application/json";
    const options = { method, headers, cache: "no-store", body: body && JSON.stringify(body) };
    let answer, content;
    try {
      answer = await fetch(url, options);
      content = await answer.json();
    } finally {
      if (asked !== session) throw new Left(); // whether the answer was good or not
    }
    if (!answer.ok) throw new ApiError(answer.status, content);
    return content;
  }

  function tell(text) {
    byId("alert").textContent = text || "";
    byId("alert").hidden = !text;
  }

  function explain(error) {
    if (!(error instanceof ApiError)) return words.unreachable;
    const faults = (error.problem.errors || []).map((fault) => fault.message);
    return [`${error.problem.title}：${error.message}`, ...faults].join("；");
  }

  function time(text) {
    if (!text) return "–";
    const options = { timeZone: root.dataset.zone, dateStyle: "short", timeStyle: "medium" };
    return new Intl.DateTimeFormat("zh-CN", options).format(new Date(text));
  }

  function size(bytes) {
    const units = ["B", "KB", "MB", "GB", "TB"];
    let index = 0;
    for (; bytes >= 1024 && index < units.length - 1; index++) bytes /= 1024;
    return `${bytes.toFixed(index && bytes < 100 ? 1 : 0)} ${units[index]}`;
  }

  const siteTitle = (name) => siteTitles.get(name) || name;

  async function showStatus(status) {
    byId("documents").textContent = status.index.documents.toLocaleString("zh-CN");
    byId("updated").textContent = time(status.index.updated);
    byId("bytes").textContent = size(status.index.bytes);
    byId("next").textContent = status.next_runs.crawl ? time(status.next_runs.crawl) : words.never;
    byId("stale").hidden = !status.index.stale;
    byId("no-scheduler").hidden = status.scheduler_running;
    const may = (right) => status.token.rights.includes(right);
    mayWrite = may("jobs.write");
    byId("rebuild").hidden = !mayWrite;
    byId("start-section").hidden = !mayWrite;
    if (!mayWrite && byId("alert").hidden) tell(words.read_only);
    if (!sitesShown) showSites(status.sites);
    sitesShown = true;
    await reports.show(status.sites, mayWrite);
    await personal.show(may("personal_data.read"));
    await vocabulary.show(may("vocabulary.write"));
  }

  function showSites(sites) {
    byId("sites").replaceChildren(...sites.map((site) => {
      const label = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.value = site.name;
      siteTitles.set(site.name, site.title);
      label.append(box, site.title);
      return label;
    }));
  }

  function outcome(name) {
    const status = /^failed_status_(\d+)$/.exec(name);
    return status ? words.failed_status.replace("{status}", status[1]) : words.outcomes[name] || name;
  }

  function counts(values, word) {
    return Object.entries(values).map(([name, value]) => {
      return `${word(name)} ${typeof value === "number" ? value.toLocaleString("zh-CN") : value}`;
    });
  }

  // The counts of a site: bare, or within the brief form of its report.
  function siteCounts(site) {
    if (!site.outcomes) return site;
    return site.gone ? { ...site.outcomes, gone: site.gone } : site.outcomes;
  }

  // A summary is an object of numbers, those of sites and of the index in objects of their own.
  function summaryFacts({ sites = {}, index = {}, ...rest }) {
    const word = (name) => words.summary[name] || name;
    const parts = Object.entries(sites).map(([name, site]) => [siteTitle(name), counts(siteCounts(site), outcome)]);
    parts.push([words.index, counts(index, word)]);
    const told = parts.filter(([, facts]) => facts.length).map(([place, facts]) => `${place}：${facts.join("、")}`);
    return [...told, ...counts(rest, word)];
  }

  function showJob(item, job) {
    const part = (name) => item.querySelector(`[data-part=${name}]`);
    const open = UNFINISHED.includes(job.state);
    if (!open) cancelling.delete(job.id);
    const what = [words.kinds[job.kind] || job.kind];
    if (BY_SITE.includes(job.kind)) what.push(job.sites.map(siteTitle).join("、") || words.all_sites);
    if (job.full) what.push(words.full);
    part("title").textContent = `#${job.id} ${what.join(" · ")}`;
    part("state").textContent = cancelling.has(job.id) ? words.cancelling : words.states[job.state];
    part("state").dataset.state = job.state;
    part("cancel").hidden = !(open && mayWrite);
    part("cancel").disabled = cancelling.has(job.id);
    const { done, total, unit } = job.progress;
    part("progress").hidden = job.state !== "running";
    const bar = part("bar");
    bar.setAttribute("aria-label", part("title").textContent);
    if (total) { bar.max = total; bar.value = Math.min(done, total); } else bar.removeAttribute("value");
    const counted = total ? `${done.toLocaleString()} / ${total.toLocaleString()}` : done.toLocaleString();
    part("count").textContent = `${counted} ${words.units[unit] ?? unit}`;
    const facts = [`${words.requested_by} ${job.requested_by || "–"}`, `${words.created} ${time(job.created)}`];
    if (job.started) facts.push(`${words.started} ${time(job.started)}`);
    if (job.finished) facts.push(`${words.finished} ${time(job.finished)}`);
    facts.push(...summaryFacts(job.summary || {}));
    part("facts").textContent = facts.join(" · ");
    part("error").textContent = job.error || "";
    part("error").hidden = !job.error;
  }

  function showJobs(jobs) {
    byId("no-jobs").hidden = jobs.length > 0;
    const list = byId("jobs");
    const known = new Map([...list.children].map((item) => [Number(item.dataset.id), item]));
    // Items are kept, so that the focus stays on a button while progress goes on.
    jobs.forEach((job, index) => {
      let item = known.get(job.id);
      if (!item) {
        item = byId("job-template").content.firstElementChild.cloneNode(true);
        item.dataset.id = job.id;
        item.querySelector("[data-part=cancel]").addEventListener("click", () => cancel(job.id));
      }
      known.delete(job.id);
      showJob(item, job);
      if (list.children[index] !== item) list.insertBefore(item, list.children[index] || null);
    });
    known.forEach((item) => item.remove());
    const open = jobs.filter((job) => UNFINISHED.includes(job.state)).length;
    if (open < unfinished) polls = 0; // what has ended may have changed all the rest
    unfinished = open;
    byId("rebuild").disabled = jobs.some((job) => job.kind === "reindex" && UNFINISHED.includes(job.state));
    reports.watch(jobs);
  }

  async function poll() {
    clearTimeout(timer);
    try {
      if (polls++ % STATUS_EVERY === 0) await showStatus(await api("GET", root.dataset.status));
      showJobs((await api("GET", `${root.dataset.jobs}?limit=20`)).jobs);
      if (offline) { offline = false; tell(""); }
      root.hidden = byId("leave").hidden = false;
      byId("enter").hidden = true;
    } catch (error) {
      if (error instanceof Left) return;
      if (error.status === 401) return leave(words.wrong_token);
      offline = true;
      tell(explain(error));
    }
    clearTimeout(timer); // of a poll that came in between
    timer = setTimeout(poll, POLL_MS);
  }

  function leave(message) {
    clearTimeout(timer);
    session++;
    sessionStorage.removeItem(KEY);
    token = null;
    polls = unfinished = 0;
    reports.clear();
    personal.clear();
    vocabulary.clear();
    root.hidden = byId("leave").hidden = true;
    byId("enter").hidden = false;
    byId("token").value = "";
    byId("token").focus();
    tell(message);
  }

  async function act(work) {
    try {
      const job = await work();
      tell(`${words.submitted}：#${job.id}`);
      await poll();
    } catch (error) {
      refused(error);
    }
  }

  function refused(error) {
    if (error instanceof Left) return;
    if (error.status === 401) leave(words.wrong_token);
    else tell(explain(error));
  }

  const submit = (body) => act(() => api("POST", root.dataset.jobs, body));

  const reports = crawlReports({
    words, byId, time, size, outcome, siteTitle,
    fetchReport: (id) => api("GET", `${root.dataset.runs}/${id}`),
    confirmRemovals: (site) => submit({ kind: "confirm", sites: [site] }),
  });

  const personal = personalData({
    words, byId, time, siteTitle,
    fetchPages: (page) => api("GET", `${root.dataset.personal}?page=${page}`),
  });

  const vocabulary = vocabularyEditor({
    words, byId,
    fetchText: (name) => api("GET", `${root.dataset.vocabulary}${name}`),
    saveText: (name, text, version) =>
      api("PUT", `${root.dataset.vocabulary}${name}`, { text }, { "If-Match": `"${version}"` }),
  });

  function cancel(id) {
    cancelling.add(id);
    act(() => api("DELETE", `${root.dataset.jobs}/${id}`));
  }

  byId("enter").addEventListener("submit", (event) => {
    event.preventDefault();
    token = byId("token").value.trim();
    session++;
    sessionStorage.setItem(KEY, token);
    tell("");
    poll();
  });
  byId("leave").addEventListener("click", () => leave(""));
  byId("start").addEventListener("submit", (event) => {
    event.preventDefault();
    const sites = [...byId("sites").querySelectorAll(":checked")].map((box) => box.value);
    submit({ kind: "crawl", sites, full: byId("full").checked });
  });
  for (const [id, step] of [["personal-back", -1], ["personal-on", 1]]) {
    byId(id).addEventListener("click", () => personal.turn(step, refused));
  }
  for (const id of ["reindex", "rebuild"]) {
    byId(id).addEventListener("click", () => submit({ kind: "reindex" }));
  }
  vocabulary.listen(refused);

  if (token) poll();
  else byId("enter").hidden = false;
})();
