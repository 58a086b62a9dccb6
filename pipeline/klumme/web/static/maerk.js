// Label by keyboard. An answer lies in the browser until the server says that it is on disk, so that none is lost.
const PAUSE = 1500;
const OUTBOX = "klumme.ventende";
const CYCLE = { true: "ja", false: "nej", null: "usikker" };

export function sit(desk) {
  const form = desk.querySelector("[data-kort]");
  const state = { desk, form, mode: "", before: [], busy: false };
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
  window.addEventListener("pagehide", () => navigator.sendBeacon("/maerk/slip", fields(state)));
  desk.querySelector("[data-tekst]").focus({ preventScroll: true });
  send(state);
}

function press(state, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select, input:not([type=radio])")) return;
  const acts = { Enter: save, z: undo, s: skip };
  if (/^[1-9]$/.test(event.key)) digit(state, event.key);
  else if (event.key === "u" || event.key === "?") {
    state.mode = event.key;
    say(state, event.key === "u" ? "Usikker på hvilket tema? Tast dets tal." : "Hvilket tema? Tast dets tal.");
  } else if (acts[event.key] && !(event.key === "Enter" && event.target.matches("button"))) {
    if (!event.repeat) acts[event.key](state);
  } else return;
  event.preventDefault();
}

function digit(state, key) {
  const field = state.desk.querySelector(`fieldset[data-tast="${key}"]`);
  const mode = state.mode;
  state.mode = "";
  say(state, "");
  if (!field) return;
  open(state, field.dataset.temaId);
  if (mode === "?") return;
  const now = field.querySelector("input:checked")?.value;
  choose(field, mode === "u" ? "usikker" : now === "ja" ? "nej" : "ja");
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

async function save(state) {
  if (state.busy) return;
  const answer = fields(state);
  answer.delete("bevis");
  keep([...waiting(), answer.toString()]);
  state.before.push(answer.get("afsnit"));
  await send(state);
}

// Send what waits, oldest first, and show the passage that the last answer brought.
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
    if (done.error) say(state, `${done.error.what} ${done.error.way_out}`);
    else following = done;
  }
  state.busy = false;
  if (following) show(state, following.card, "Gemt.");
}

async function skip(state) {
  if (state.busy) return;
  const done = await post("/maerk/spring", fields(state).toString());
  if (done && !done.error) show(state, done.card, "Sprunget over.");
}

async function undo(state) {
  const passage = state.before.pop();
  if (!passage || state.busy) {
    say(state, "Der er intet at fortryde her.");
    return;
  }
  const asked = fields(state);
  const query = new URLSearchParams({ afsnit: passage });
  for (const name of ["koder", "koe", "tema", "fane"]) query.set(name, asked.get(name));
  const page = await fetch(`/maerk.json?${query}`).then((answer) => answer.json()).catch(() => null);
  if (page?.card) show(state, page.card, "Ret svaret, og gem igen.");
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

function show(state, card, message) {
  const shown = [...state.desk.querySelectorAll("fieldset")].map((field) => field.dataset.temaId);
  const same = card && !card.said?.length && card.themes.map((theme) => theme.id).join() === shown.join();
  if (!same) {
    location.reload();
    return;
  }
  const text = state.desk.querySelector("[data-tekst]");
  text.textContent = card.text;
  text.classList.remove("ny");
  requestAnimationFrame(() => text.classList.add("ny"));
  state.form.dataset.afsnit = card.passage;
  state.form.elements.afsnit.value = card.passage;
  state.desk.querySelector("[data-hvorfor]").textContent =
    card.why + (card.again ? " · du har svaret før; et nyt svar erstatter det gamle" : "");
  for (const theme of card.themes) {
    choose(state.desk.querySelector(`fieldset[data-tema-id="${theme.id}"]`), CYCLE[theme.answer]);
  }
  say(state, message);
  text.focus({ preventScroll: true });
}

function say(state, message) {
  state.desk.querySelector("[data-status]").textContent = message;
}
