// Shows the command to sign in to this very server.
const command = document.getElementById("login");
if (command) command.textContent = `ntm --server ${location.origin} login`;
