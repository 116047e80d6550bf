/* The page's words in the chosen language. The catalogues arrive with the page; nothing here knows what they say. */

let catalogues = {};
let language = "en";

export function loadWords(all) {
  catalogues = all;
}

export const languages = () => Object.keys(catalogues);

export function setLanguage(lang) {
  language = lang in catalogues ? lang : "en";
}

/** The language of a list like navigator.languages that the page speaks best. */
export function chooseLanguage(preferred) {
  for (const tag of preferred) {
    const base = tag.toLowerCase().split("-")[0];
    if (base in catalogues) return base;
  }
  return "en";
}

export const hasWord = (key) => key in (catalogues[language] ?? {});

/** The words of a key, with {name} replaced; "one|many" picks by params.n. */
export function word(key, params = {}) {
  const text = catalogues[language]?.[key] ?? key;
  const forms = text.split("|");
  const form = forms.length > 1 && params.n !== undefined ? forms[Number(params.n) === 1 ? 0 : 1] : text;
  return form.replace(/\{(\w+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole));
}

/** The words of a key as a list, with nodes in the places of their names. */
export const wordParts = (key, nodes) => word(key).split(/\{(\w+)\}/).map((part, n) => (n % 2 ? nodes[part] : part));

/** The reader's half of a bilingual object from a card. */
export const say = (both) => both?.[language] ?? both?.en ?? "";
