// Redeems the one-time code of a phone. It stands after '#', so it never reaches a log.
const form = document.getElementById("form");
const error = document.getElementById("error");
const address = document.getElementById("address");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  error.hidden = true;
  try {
    const answer = await fetch("/api/v1/enrolments", {
      method: "POST",
      headers: { "content-type": "application/json", "accept-language": "vi" },
      body: JSON.stringify({ secret: location.hash.slice(1) }),
    });
    const said = await answer.json();
    if (!answer.ok) return show(`${said.title} ${said.help}`);
    history.replaceState(null, "", location.pathname);
    form.hidden = true;
    address.textContent = said.url;
    document.getElementById("done").hidden = false;
  } catch {
    show("Không kết nối được máy chủ. Thử lại khi có mạng.");
  }
});

document.getElementById("copy").addEventListener("click", () => {
  navigator.clipboard?.writeText(address.textContent);
});

function show(message) {
  error.textContent = message;
  error.hidden = false;
}
