// The phone: shows what came, sends what is written, and walks through what is dialled.
"use strict";
const phone = document.querySelector(".phone");
if (phone) {
  const number = phone.dataset.number;
  const words = JSON.parse(phone.dataset.words);
  const list = document.getElementById("texts");
  const write = document.getElementById("write");
  const trouble = document.getElementById("trouble");
  const screen = document.getElementById("screen");
  const shown = document.getElementById("shown");
  const reply = document.getElementById("reply");
  const go = document.getElementById("go");
  const close = document.getElementById("close");
  const dial = document.getElementById("dial");
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  let last = 0;
  let away = false;
  let atEnd = true;
  let session = "";
  let turn = 0;

  const asked = async (path, body) => {
    const init = body && {
      method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" },
    };
    const answer = await fetch(path, init || {});
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };

  const toEnd = () => { list.scrollTop = list.scrollHeight; };
  list.addEventListener("scroll", () => {
    atEnd = list.scrollTop + list.clientHeight > list.scrollHeight - 8;
  });
  new ResizeObserver(() => { if (atEnd) toEnd(); }).observe(list);

  const add = (text) => {
    const item = document.createElement("li");
    item.textContent = text.text;
    if (text.sent) item.className = "sent";
    const about = document.createElement("small");
    about.textContent = `${text.sent ? "→ " : ""}${text.other} · ${clock.format(text.at_ms)}`;
    item.prepend(about);
    list.append(item);
    last = text.place;
  };

  const look = async () => {
    try {
      const fresh = await asked(`/texts?number=${encodeURIComponent(number)}&after=${last}`);
      if (away) { away = false; trouble.textContent = ""; }
      if (fresh.length) {
        list.querySelector(".none")?.remove();
        fresh.forEach(add);
        toEnd();
      }
    } catch { away = true; trouble.textContent = words.trouble; }
    setTimeout(look, 700);
  };
  look();

  write.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = new FormData(write);
    const text = form.get("text");
    try {
      const said = await asked("/texts", { number, to: form.get("to"), text });
      trouble.textContent = said.sent ? "" : words.unsent;
      if (said.sent && write.elements.text.value === text) write.elements.text.value = "";
    } catch { trouble.textContent = words.trouble; }
  });
  // Enter sends, as it does in any messenger; with Shift it begins a line.
  write.elements.text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    write.requestSubmit();
  });

  const show = (text, ends) => {
    shown.textContent = text;
    shown.scrollTop = 0;
    reply.hidden = ends;
    go.hidden = ends;
    if (!screen.open) screen.showModal();
    reply.value = "";
    (ends ? close : reply).focus();
  };

  // What comes after the dialogue was closed, or another was begun, is not shown any more.
  const say = async (body) => {
    const mine = ++turn;
    if (!screen.open) show(words.waiting, true);
    screen.setAttribute("aria-busy", "true");
    let said;
    try {
      said = await asked("/dialled", body);
    } catch { said = { text: words.trouble, ends: true }; }
    if (mine !== turn) return;
    screen.setAttribute("aria-busy", "false");
    session = said.ends ? "" : said.session_id || "";
    show(said.text ?? words.over, !session);
  };

  dial.addEventListener("submit", (event) => {
    event.preventDefault();
    say({ number, said: dial.elements.said.value.trim() });
  });
  dial.addEventListener("click", (event) => {
    const field = dial.elements.said;
    if (event.target.dataset.key) field.value += event.target.dataset.key;
    if (event.target.dataset.dial) field.value = event.target.dataset.dial;
    if ("delete" in event.target.dataset) field.value = field.value.slice(0, -1);
  });
  screen.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (!session || screen.getAttribute("aria-busy") === "true") return;
    say({ number, said: reply.value, session_id: session });
  });
  // At once, not when the browser has told that it closed: by then somebody may have dialled again.
  const hangUp = () => {
    session = "";
    turn += 1;
    screen.setAttribute("aria-busy", "false");
    screen.close();
  };
  screen.addEventListener("cancel", (event) => { event.preventDefault(); hangUp(); });
  close.addEventListener("click", hangUp);
}
