// What the pages do beyond plain links and forms; each part begins only where its element stands on the page.
import { follow } from "./arbejde.js";
import { sit } from "./maerk.js";

const work = document.querySelector("[data-arbejde]");
if (work) follow(work);

const desk = document.querySelector("[data-bord]");
if (desk) sit(desk);

const remembered = document.querySelector("[data-husk]");
if (remembered) {
  const key = `klumme.${remembered.dataset.husk}`;
  remembered.value ||= localStorage.getItem(key) ?? "";
  remembered.form.addEventListener("submit", () => localStorage.setItem(key, remembered.value));
  remembered.focus();
}

for (const link of document.querySelectorAll("[data-med-koder]")) {
  const coder = localStorage.getItem("klumme.koder");
  if (coder) link.href += `&koder=${encodeURIComponent(coder)}`;
}

const files = document.querySelector("[data-filer]");
if (files) {
  const [place, input] = [files.querySelector(".slip"), files.querySelector("input[type=file]")];
  const name = () => {
    const chosen = [...input.files].map((file) => file.name);
    files.querySelector("[data-valgte]").textContent = chosen.length ? `Valgt: ${chosen.join(", ")}` : "";
  };
  for (const kind of ["dragover", "dragleave", "drop"]) {
    place.addEventListener(kind, (event) => {
      event.preventDefault();
      place.classList.toggle("over", kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files.length) input.files = event.dataTransfer.files;
      name();
    });
  }
  input.addEventListener("change", name);
}
