// Label by keyboard. An answer lies in the browser until the server says that it is on disk, so that none is lost.
const PAUSE = 1500;
const OUTBOX = "klumme.ventende";
const BEFORE = "klumme.fortryd";
const MOST = 200;
const CYCLE = { true: "ja", false: "nej", null: "usikker" };

export function sit(desk) {
  const form = desk.querySelector("[data-kort]");
  const state = { desk, form, mode: "", before: remembered(form), busy: false, moving: false };
  desk.querySelector("[data-fortryd]").hidden = false;
  desk.querySelector("[data-taster]").hidden = false;
  desk.querySelector("[data-fortryd]").addEventListener("click", () => undo(state));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter?.matches("[data-spring]")) skip(state);
    else save(state);
  });
  for (const button of desk.querySelectorAll("[data-vis]")) {
    button.addEventListener("click", () => open(state, button.dataset.vis));
  }
  document.addEventListener("keydown", (event) => press(state, event));
  // The page that comes next takes over what this tab has before it: only who leaves gives it back.
  window.addEventListener("pagehide", () => state.moving || navigator.sendBeacon("/maerk/slip", fields(state)));
  forget("fane");
  desk.querySelector("[data-tekst]").focus({ preventScroll: true });
  send(state);
}

function press(state, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select, input:not([type=radio])")) return;
  const acts = { enter: save, z: undo, s: skip };
  const key = event.key.toLowerCase();
  if (key === "u" || key === "?") {
    state.mode = key;
    say(state, key === "u" ? "Usikker på hvilket tema? Tryk på dets tast." : "Hvilket tema? Tryk på dets tast.");
  } else if (acts[key] && !(key === "enter" && event.target.closest("a, button, summary"))) {
    if (!event.repeat) acts[key](state);
  } else if (!answer(state, key)) return;
  event.preventDefault();
}

// Act on the key of a theme; false when no theme has it.
function answer(state, key) {
  const field = [...state.desk.querySelectorAll("fieldset")].find((one) => key && one.dataset.tast === key);
  if (!field) return false;
  const mode = state.mode;
  state.mode = "";
  say(state, "");
  open(state, field.dataset.temaId);
  if (mode === "?") return true;
  const now = field.querySelector("input:checked")?.value;
  choose(field, mode === "u" ? "usikker" : now === "ja" ? "nej" : "ja");
  return true;
}

function choose(field, value) {
  field.querySelector(`input[value="${value}"]`).checked = true;
}

function open(state, theme) {
  for (const entry of state.desk.querySelectorAll("[data-indgang]")) entry.hidden = entry.dataset.indgang !== theme;
}

function fields(state) {
  return new URLSearchParams(new FormData(state.form));
}

const waiting = () => JSON.parse(localStorage.getItem(OUTBOX) ?? "[]");
const keep = (answers) => localStorage.setItem(OUTBOX, JSON.stringify(answers));

// The passages that this tab has been through in this queue, for undo: they outlast a page that is fetched anew.
const queue = (given) => ["koder", "koe", "tema"].map((name) => given.get(name)).join("\n");
const stored = () => JSON.parse(sessionStorage.getItem(BEFORE) ?? "{}");
const remembered = (form) => stored()[queue(new FormData(form))] ?? [];

function leave(state, passage) {
  state.before = [...state.before.filter((one) => one !== passage), passage].slice(-MOST);
  remember(state);
}

function remember(state) {
  sessionStorage.setItem(BEFORE, JSON.stringify({ ...stored(), [queue(fields(state))]: state.before }));
}

function forget(...names) {
  const here = new URL(location);
  for (const name of names) here.searchParams.delete(name);
  history.replaceState(null, "", here);
}

async function save(state) {
  if (state.busy) return;
  const answer = fields(state);
  answer.delete("bevis");
  keep([...waiting(), answer.toString()]);
  leave(state, answer.get("afsnit"));
  await send(state);
}

// Send what waits, oldest first, and show the passage that the last answer brought, unless it was another queue's.
async function send(state) {
  if (state.busy || !waiting().length) return;
  state.busy = true;
  let following;
  while (waiting().length) {
    const [answer] = waiting();
    const done = await post("/maerk", answer);
    if (!done) {
      say(state, "Serveren svarer ikke. Svaret ligger i browseren og sendes, så snart den er tilbage.");
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      continue;
    }
    keep(waiting().filter((one) => one !== answer));
    if (done.error) complain(state, done);
    else if (queue(fields(state)) === queue(new URLSearchParams(answer))) following = done;
  }
  state.busy = false;
  if (following) show(state, following.card, "Gemt.");
}

async function skip(state) {
  if (state.busy) return;
  const passage = state.form.elements.afsnit.value;
  const done = await post("/maerk/spring", fields(state).toString());
  if (!done || done.error) {
    complain(state, done);
    return;
  }
  leave(state, passage);
  show(state, done.card, "Sprunget over.");
}

async function undo(state) {
  if (state.busy) return;
  const passage = state.before.at(-1);
  if (!passage) {
    say(state, "Der er intet at fortryde her.");
    return;
  }
  const page = await fetch(`/maerk.json?${asked(state, passage)}`).then((answer) => answer.json()).catch(() => null);
  if (!page?.card) {
    complain(state, page);
    return;
  }
  state.before.pop();
  remember(state);
  show(state, page.card, "Ret svaret, og gem igen.", passage);
}

function complain(state, answer) {
  const error = answer?.error ?? answer?.empty;
  say(state, error?.what ? `${error.what} ${error.way_out}` : "Serveren svarer ikke. Prøv igen om lidt.");
}

// Return what a page of this queue is asked for with, for one passage if it is named.
function asked(state, passage = "") {
  const given = fields(state);
  const query = new URLSearchParams(passage ? { afsnit: passage } : {});
  for (const name of ["koder", "koe", "tema", "fane"]) query.set(name, given.get(name));
  return query;
}

// Post a form; null when nobody answers. A server that was started anew wants a new proof, which its page gives.
async function post(path, body, again = true) {
  const proof = document.querySelector("meta[name=bevis]");
  const headers = {
    accept: "application/json",
    "content-type": "application/x-www-form-urlencoded",
    "x-klumme-bevis": proof.content,
  };
  try {
    const answer = await fetch(path, { method: "POST", body, headers });
    if (answer.status === 403 && again) {
      const page = new DOMParser().parseFromString(await (await fetch("/model")).text(), "text/html");
      proof.content = page.querySelector("meta[name=bevis]").content;
      return await post(path, body, false);
    }
    return answer.status >= 500 ? null : await answer.json();
  } catch {
    return null;
  }
}

function show(state, card, message, named = "") {
  const shown = [...state.desk.querySelectorAll("fieldset")].map((field) => field.dataset.temaId);
  const same = card && !card.said?.length && card.themes.map((theme) => theme.id).join() === shown.join();
  if (!same) {
    state.moving = true;
    location.replace(`/maerk?${asked(state, named)}`);
    return;
  }
  forget("afsnit");
  const text = state.desk.querySelector("[data-tekst]");
  text.textContent = card.text;
  text.classList.remove("ny");
  requestAnimationFrame(() => text.classList.add("ny"));
  state.form.dataset.afsnit = card.passage;
  state.form.elements.afsnit.value = card.passage;
  state.desk.querySelector("[data-hvorfor]").textContent =
    [card.why, card.again ? "der er svaret før; et nyt svar erstatter det gamle" : ""].filter(Boolean).join(" · ");
  for (const theme of card.themes) {
    choose(state.desk.querySelector(`fieldset[data-tema-id="${theme.id}"]`), CYCLE[theme.answer]);
  }
  say(state, message);
  text.focus({ preventScroll: true });
}

function say(state, message) {
  state.desk.querySelector("[data-status]").textContent = message;
}
