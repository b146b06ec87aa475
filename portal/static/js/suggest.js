// Completes what is typed into a search box: an editable combobox with a list, as WAI-ARIA describes it.
// Without this module the box is a plain form that works.

const DELAY_MS = 150;
const MIN_LETTERS = 2;
const ICONS = { dataset: "file", agency: "agency", theme: "tag", place: "place", column: "table" };

/** Makes the search form `form` suggest. Words and addresses come from its data attributes. */
export function attach(form) {
  const input = form.querySelector("input[type=search]");
  const words = form.dataset;
  const list = make("ul", { class: "suggest", role: "listbox", id: `${input.id}-list`, hidden: "", "aria-label": words.wordList });
  const status = make("p", { class: "hidden", role: "status" });
  input.parentElement.append(list);
  form.append(status);
  set(input, { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, spellcheck: "false" });
  let [entries, active, timer, asked] = [[], -1, 0, null];

  function forget() {
    clearTimeout(timer);
    asked?.abort();
  }

  function show(items) {
    entries = items;
    list.replaceChildren(...items.map((item, place) => option(item, `${list.id}-${place}`, words)));
    list.hidden = items.length === 0;
    list.scrollTop = 0;
    input.setAttribute("aria-expanded", String(items.length > 0));
    activate(-1);
  }

  function close() {
    forget();
    show([]);
    status.textContent = "";
  }

  function activate(place) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = place;
    const chosen = list.children[active];
    if (!chosen) return input.removeAttribute("aria-activedescendant");
    chosen.setAttribute("aria-selected", "true");
    chosen.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", chosen.id);
  }

  async function ask() {
    if ([...input.value.trim()].length < MIN_LETTERS) return close();
    forget();
    asked = new AbortController();
    try {
      const answer = await fetch(`${words.suggest}&q=${encodeURIComponent(input.value)}`, { signal: asked.signal });
      const items = answer.ok ? (await answer.json()).items : [];
      // Who has left the box meanwhile is not followed.
      if (document.activeElement !== input) return;
      show(items);
      status.textContent = counted(items.length, words.wordNone, words.wordOne, words.wordMany);
    } catch (failure) {
      // Aborted, or no connection: the form still works.
      if (failure.name !== "AbortError") close();
    }
  }

  function follow(place) {
    const target = new URL(entries[place].url);
    location.assign(target.pathname + target.search);
  }

  const keys = {
    ArrowDown: () => activate((active + 1) % entries.length),
    ArrowUp: () => activate((active < 1 ? entries.length : active) - 1),
    Home: () => active >= 0 && activate(0),
    End: () => active >= 0 && activate(entries.length - 1),
    Enter: () => active >= 0 && follow(active),
    Escape: () => close(),
  };

  input.addEventListener("input", () => {
    forget();
    timer = setTimeout(ask, DELAY_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (!list.hidden) {
      if (Object.hasOwn(keys, event.key) && keys[event.key]() !== false) event.preventDefault();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      ask();
    }
  });
  input.addEventListener("blur", close);
  form.addEventListener("submit", close);
  // The box keeps its focus while the list is scrolled or pressed, with a finger as with a mouse.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const chosen = event.target.closest("[role=option]");
    if (chosen) follow([...list.children].indexOf(chosen));
  });
}

function option(item, id, words) {
  const text = make("span", { class: "suggest__text", lang: item.language }, marked(item));
  const facts = [words[`word${item.kind[0].toUpperCase()}${item.kind.slice(1)}`]];
  if (item.is_former) facts.push(words.wordFormer);
  if (item.also) facts.push(item.also);
  if (item.illustrative) facts.push(words.wordIllustrative);
  if (item.datasets) facts.push(counted(item.datasets, "", words.wordDatasetOne, words.wordDatasetMany));
  const note = make("span", { class: "suggest__note" }, [facts.join(" · ")]);
  const both = make("span", { class: "suggest__words" }, [text, " ", note]);
  return make("li", { class: "suggest__option", role: "option", id, "aria-selected": "false" }, [icon(item.kind, words), both]);
}

function marked({ text, marks }) {
  // Marks count characters, JavaScript counts halves of some.
  const letters = [...text];
  const pieces = [];
  let done = 0;
  for (const [start, end] of marks) {
    pieces.push(letters.slice(done, start).join(""), make("mark", {}, [letters.slice(start, end).join("")]));
    done = end;
  }
  return [...pieces, letters.slice(done).join("")];
}

function icon(kind, words) {
  const template = make("template", {});
  template.innerHTML = '<svg class="icon" aria-hidden="true"><use></use></svg>';
  const svg = template.content.firstChild;
  svg.firstChild.setAttribute("href", `${words.icons}#${ICONS[kind]}`);
  return svg;
}

function counted(number, none, one, many) {
  return (number === 0 ? none : number === 1 ? one : many).replace("{count}", number.toLocaleString(document.documentElement.lang));
}

function make(name, attributes, children = []) {
  const element = set(document.createElement(name), attributes);
  element.append(...children);
  return element;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

document.querySelectorAll("[data-behaviour~=suggest]").forEach(attach);
