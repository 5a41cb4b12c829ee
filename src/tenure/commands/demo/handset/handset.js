// The phone: shows what came, sends what is written, and walks through what is dialled.
"use strict";
const phone = document.querySelector(".phone");
if (phone) {
  const number = phone.dataset.number;
  const words = JSON.parse(phone.dataset.words);
  const list = document.getElementById("texts");
  const trouble = document.getElementById("trouble");
  const screen = document.getElementById("screen");
  const shown = document.getElementById("shown");
  const reply = document.getElementById("reply");
  const go = document.getElementById("go");
  const dial = document.getElementById("dial");
  let last = 0;
  let session = "";

  const asked = async (path, body) => {
    const init = body && {
      method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" },
    };
    const answer = await fetch(path, init || {});
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };

  const add = (text) => {
    const item = document.createElement("li");
    item.textContent = text.text;
    if (text.sent) item.className = "sent";
    const from = document.createElement("small");
    from.textContent = text.other;
    item.prepend(from);
    list.append(item);
    last = text.place;
  };

  const look = async () => {
    try {
      const fresh = await asked(`/texts?number=${encodeURIComponent(number)}&after=${last}`);
      if (fresh.length) {
        list.querySelector(".none")?.remove();
        fresh.forEach(add);
        list.scrollTop = list.scrollHeight;
      }
    } catch { /* the next look tells */ }
    setTimeout(look, 700);
  };
  look();

  const write = document.getElementById("write");
  write.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = new FormData(write);
    try {
      const said = await asked("/texts", { number, to: form.get("to"), text: form.get("text") });
      trouble.textContent = said.sent ? "" : words.unsent;
      if (said.sent) write.elements.text.value = "";
    } catch { trouble.textContent = words.trouble; }
  });

  const show = (text, ends) => {
    shown.textContent = text;
    reply.hidden = ends;
    go.hidden = ends;
    if (ends) session = "";
    if (!screen.open) screen.showModal();
    if (!ends) { reply.value = ""; reply.focus(); }
  };

  const say = async (body) => {
    show(words.waiting, true);
    try {
      const said = await asked("/dialled", body);
      if (!said.session_id) { show(words.over, true); return; }
      show(said.text, said.ends);
      session = said.ends ? "" : said.session_id;
    } catch { show(words.trouble, true); }
  };

  dial.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = dial.elements.said.value.trim();
    if (said) say({ number, said });
  });
  dial.addEventListener("click", (event) => {
    const field = dial.elements.said;
    if (event.target.dataset.key) field.value += event.target.dataset.key;
    if (event.target.dataset.dial) field.value = event.target.dataset.dial;
    if ("delete" in event.target.dataset) field.value = field.value.slice(0, -1);
  });
  screen.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const with_session = session;
    if (with_session) say({ number, said: reply.value, session_id: with_session });
  });
  document.getElementById("close").addEventListener("click", () => { session = ""; screen.close(); });
}
