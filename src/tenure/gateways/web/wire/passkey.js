// Asks the browser for what a form needs: a passkey that is made here, or one that signs exactly what is shown.
(() => {
  const octets = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const keys = (said) =>
    (said.keys || "").split(" ").filter(Boolean).map((id) => ({ type: "public-key", id: octets(id) }));

  const made = async (said) => {
    const key = await navigator.credentials.create({
      publicKey: {
        challenge: octets(said.challenge),
        rp: { id: said.party, name: said.operator },
        user: { id: octets(said.user), name: said.login, displayName: said.login },
        pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: "public-key", alg })),
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
        attestation: "none",
      },
    });
    return {
      id: text(key.rawId),
      client_data: text(key.response.clientDataJSON),
      attestation: text(key.response.attestationObject),
    };
  };
  const signed = async (said) => {
    const key = await navigator.credentials.get({
      publicKey: {
        challenge: octets(said.challenge),
        rpId: said.party,
        allowCredentials: keys(said),
        userVerification: "required",
      },
    });
    return {
      id: text(key.rawId),
      client_data: text(key.response.clientDataJSON),
      authenticator_data: text(key.response.authenticatorData),
      signature: text(key.response.signature),
    };
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const button = form.querySelector("button");
    const failed = form.querySelector("[role=alert]");
    button.disabled = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      failed.hidden = true;
      try {
        const said = form.dataset;
        const shown = said.passkey === "make" ? await made(said) : await signed(said);
        form.elements.signed.value = JSON.stringify(shown);
        form.submit();
      } catch {
        failed.hidden = false;
        button.disabled = false;
      }
    });
  }

  // What stands after the # of a link is never sent by a browser: it goes into the form, and out of sight.
  const code = document.getElementById("code");
  if (code && location.hash.length > 1) {
    const [first, second] = decodeURIComponent(location.hash.slice(1)).split(":");
    code.value = second || first;
    const login = document.getElementById("login");
    if (login && second) login.value = first;
    history.replaceState(null, "", location.pathname);
  }
})();
