// Keeps the live view fresh: asks for it once a second, and not at all while paused or out of sight.
(() => {
  const place = document.getElementById("live");
  const pause = document.getElementById("pause");
  if (!place || !pause) return;
  let paused = false;
  pause.hidden = false;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? "Continue" : "Pause";
    pause.setAttribute("aria-pressed", String(paused));
  });
  const again = async () => {
    if (!paused && !document.hidden) {
      try {
        const answer = await fetch("/live", { cache: "no-store" });
        if (answer.ok) place.innerHTML = await answer.text();
        place.classList.toggle("away", !answer.ok);
      } catch {
        document.getElementById("when").textContent = "Tenure does not answer; it may have been stopped.";
      }
    }
    setTimeout(again, 1000);
  };
  setTimeout(again, 1000);
})();
