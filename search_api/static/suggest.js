// Suggestions as one types: a combobox with a listbox popup (WAI-ARIA Authoring Practices).
// Without this script the form works as it is.
"use strict";
(() => {
  const form = document.querySelector("form[data-suggest]");
  if (!form) return;
  const input = form.querySelector("#q");
  const list = form.querySelector("#suggestions");
  const status = form.querySelector("#suggestion-status");
  const WAIT_MS = 120; // between two keys of a fluent typist
  let typed = input.value;
  let selected = -1;
  let timer = 0;
  let pending = null;
  let composing = false;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  function close() {
    clearTimeout(timer);
    if (pending) pending.abort();
    list.hidden = true;
    selected = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    status.textContent = "";
  }

  function select(index) {
    const options = list.children;
    if (selected >= 0) options[selected].setAttribute("aria-selected", "false");
    // One step beyond either end leads back to what was typed.
    selected = index >= options.length ? -1 : index < -1 ? options.length - 1 : index;
    if (selected < 0) {
      input.removeAttribute("aria-activedescendant");
      input.value = typed;
      return;
    }
    options[selected].setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", options[selected].id);
    input.value = options[selected].dataset.text;
  }

  function choose(text) {
    input.value = text;
    close();
    form.requestSubmit();
  }

  function show(suggestions) {
    list.replaceChildren(...suggestions.map((suggestion, index) => {
      const option = document.createElement("li");
      option.id = `suggestion-${index}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.text = suggestion.text;
      const text = document.createElement("span");
      text.textContent = suggestion.text;
      option.append(text);
      if (list.dataset[suggestion.kind]) {
        const kind = document.createElement("span");
        kind.className = "kind";
        kind.textContent = list.dataset[suggestion.kind];
        option.append(kind);
      }
      return option;
    }));
    selected = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = suggestions.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = list.hidden ? "" : suggestions.length + status.dataset.found;
  }

  async function ask() {
    const q = typed.trim();
    if (!q) return close();
    if (pending) pending.abort();
    const request = pending = new AbortController();
    try {
      const url = `${form.dataset.suggest}?q=${encodeURIComponent(q)}`;
      const answer = await fetch(url, { signal: request.signal });
      // An answer that comes after the reader has left the box must not open the list.
      if (!answer.ok || document.activeElement !== input) return close();
      const body = await answer.json();
      if (request === pending) show(body.suggestions);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  function schedule() {
    typed = input.value;
    clearTimeout(timer);
    if (!composing) timer = setTimeout(ask, WAIT_MS);
  }

  input.addEventListener("input", schedule);
  input.addEventListener("compositionstart", () => { composing = true; });
  input.addEventListener("compositionend", () => { composing = false; schedule(); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (composing || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return ask();
      select(selected + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      input.value = typed;
      close();
    }
  });
  // Pressing the mouse would take the focus and close the list before the click arrives.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option.dataset.text);
  });
  form.addEventListener("submit", close);
})();
