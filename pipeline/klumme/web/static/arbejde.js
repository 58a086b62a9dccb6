// Follow the work in the background, and show the page anew when it has ended.
const PAUSE = 1000;

export function follow(section) {
  if (section.dataset.tilstand === "running") setTimeout(() => look(section), PAUSE);
}

async function look(section) {
  const job = await fetch("/arbejde.json").then((answer) => answer.json()).catch(() => null);
  if (job && job.state !== "running") {
    location.reload();
    return;
  }
  if (job) show(section, job);
  setTimeout(() => look(section), PAUSE);
}

function show(section, job) {
  const meter = section.querySelector("[data-maaler]");
  if (job.total) [meter.max, meter.value] = [job.total, job.done];
  else meter.removeAttribute("value");
  const far = job.total ? ` ${job.done.toLocaleString("da")} af ${job.total.toLocaleString("da")}` : "";
  section.querySelector("[data-trin]").textContent = `${job.step || "Begynder"}${far} · ${time(job.seconds)}`;
}

function time(seconds) {
  return seconds < 60 ? `${seconds} sek.` : `${Math.floor(seconds / 60)} min. ${seconds % 60} sek.`;
}
