// Redeems the one-time link. The secret stands after '#', so it never reaches a log.
const form = document.getElementById("form");
const error = document.getElementById("error");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  error.hidden = true;
  const secret = location.hash.slice(1);
  const password = document.getElementById("password").value;
  try {
    const answer = await fetch("/api/v1/password", {
      method: "POST",
      headers: { "content-type": "application/json", "accept-language": "vi" },
      body: JSON.stringify({ secret, password }),
    });
    if (answer.ok) return done();
    const problem = await answer.json();
    show(`${problem.title} ${problem.help}`);
  } catch {
    show("Không kết nối được máy chủ. Thử lại khi có mạng.");
  }
});

function show(message) {
  error.textContent = message;
  error.hidden = false;
}

function done() {
  history.replaceState(null, "", location.pathname);
  form.hidden = true;
  document.getElementById("login").textContent = `ntm --server ${location.origin} login`;
  document.getElementById("done").hidden = false;
}
