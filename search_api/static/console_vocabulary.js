// The console's editor of synonyms and hidden words, for whoever may change them.
"use strict";
const vocabularyEditor = ({ words, byId, fetchText, saveText }) => {
  const say = words.vocabulary;
  const section = byId("vocabulary-section");
  const forms = [...section.querySelectorAll("form[data-name]")];
  const versions = new Map();
  let shown = false;
  const part = (form, name) => form.querySelector(`[data-part=${name}]`);

  function showFaults(form, faults) {
    const list = part(form, "faults");
    list.replaceChildren(...faults.map(({ line, message }) => {
      const item = document.createElement("li");
      item.textContent = line ? say.fault.replace("{line}", line).replace("{message}", () => message) : message;
      return item;
    }));
    list.hidden = faults.length === 0;
    part(form, "text").setAttribute("aria-invalid", String(faults.length > 0));
  }

  function put(form, answer) {
    part(form, "text").value = answer.text;
    versions.set(form.dataset.name, answer.version);
    showFaults(form, answer.faults);
  }

  const tell = (form, text) => { part(form, "told").textContent = text; };

  async function load(form) {
    put(form, await fetchText(form.dataset.name));
    tell(form, "");
  }

  // What is being edited is never overwritten: texts are fetched once, and when asked for.
  async function show(may) {
    section.hidden = !may;
    if (!may || shown) return;
    shown = true;
    try {
      await Promise.all(forms.map(load));
    } catch (error) {
      shown = false;
      throw error;
    }
  }

  async function save(form) {
    const name = form.dataset.name;
    const button = part(form, "save");
    button.disabled = true;
    tell(form, "");
    try {
      put(form, await saveText(name, part(form, "text").value, versions.get(name)));
      tell(form, say.saved);
    } catch (error) {
      if (error.status !== 422) throw error;
      showFaults(form, error.problem.errors);
      tell(form, say.not_saved);
    } finally {
      button.disabled = false;
    }
  }

  function listen(failed) {
    for (const form of forms) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        save(form).catch(failed);
      });
      part(form, "reload").addEventListener("click", () => load(form).catch(failed));
    }
  }

  function clear() {
    shown = false;
    section.hidden = true;
    for (const form of forms) {
      part(form, "text").value = "";
      tell(form, "");
      showFaults(form, []);
    }
  }

  return { show, listen, clear };
};
