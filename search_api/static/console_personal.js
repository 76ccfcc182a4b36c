// The console's list of pages that show a person's numbers, for whoever may see it.
"use strict";
const personalData = ({ words, byId, time, siteTitle, fetchPages }) => {
  const say = words.personal_data;
  let page = 1;
  let asked = 0; // one for each look, so that a late answer is left aside
  let shown = ""; // what the list was made from
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  function element(name, text, className) {
    const made = document.createElement(name);
    made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  // Addresses come from web sites: only those of the web become links.
  function link(url, text) {
    if (!/^https?:\/\//i.test(url)) return element("span", text);
    const made = element("a", text);
    made.href = url;
    made.target = "_blank";
    made.rel = "noopener noreferrer nofollow";
    return made;
  }

  // A field of a service guide is told as the guide: service.telephone.
  function finding({ kind, shown: masked, field, count }) {
    const name = field.split(".")[0];
    const facts = { kind: say.kinds[kind] || kind, field: say.fields[name] || name, count };
    const item = element("li", fill(count > 1 ? say.findings : say.finding, facts));
    item.prepend(element("code", masked), " ");
    return item;
  }

  function entry(found) {
    const item = element("li", "");
    const list = element("ul", "", "findings");
    list.append(...found.findings.map(finding));
    const facts = [siteTitle(found.site), fill(say.read, { time: time(found.updated) })];
    item.append(link(found.url, found.title), element("span", ` ${facts.join(" · ")}`, "quiet"), list);
    return item;
  }

  async function show(may) {
    byId("personal-section").hidden = !may;
    if (!may) return;
    const look = ++asked;
    const answer = await fetchPages(page);
    if (look !== asked) return;
    const last = Math.max(1, Math.ceil(answer.total / answer.size));
    if (page > last) { // the rest was mended meanwhile
      page = last;
      return show(may);
    }
    const made = JSON.stringify(answer);
    if (made === shown) return;
    shown = made;
    byId("personal-title").textContent = fill(say.title, { total: answer.total.toLocaleString("zh-CN") });
    byId("no-personal").hidden = answer.total > 0;
    byId("personal-told").hidden = answer.total === 0;
    byId("personal-pages").replaceChildren(...answer.pages.map(entry));
    byId("personal-paging").hidden = last === 1;
    byId("personal-place").textContent = fill(say.place, { page, last });
    byId("personal-back").disabled = page === 1;
    byId("personal-on").disabled = page === last;
  }

  function turn(step, failed) {
    page += step;
    show(true).catch(failed);
  }

  function clear() {
    page = 1;
    asked++;
    shown = "";
    byId("personal-pages").replaceChildren();
    byId("personal-section").hidden = true;
  }

  return { show, turn, clear };
};
