// The page that the browser drivers are tested on.
const said = document.getElementById("said");
const say = (word) => (said.textContent = `${said.textContent} ${word}`.trim());
for (const id of ["low", "covered", "late"]) document.getElementById(id).addEventListener("click", () => say(id));
document.getElementById("agree").addEventListener("change", (e) => say(e.target.checked ? "agree" : "refuse"));
document.getElementById("press").addEventListener("click", (e) => {
  say(e.isTrusted ? "press trusted" : "press made up");
  setTimeout(() => (document.getElementById("late").disabled = false), 300);
});

document.getElementById("start").addEventListener("click", async () => {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
    const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
    near.addEventListener("icecandidate", (e) => e.candidate && far.addIceCandidate(e.candidate));
    far.addEventListener("icecandidate", (e) => e.candidate && near.addIceCandidate(e.candidate));
    far.addEventListener("track", (e) => (document.getElementById("far").srcObject = e.streams[0]));
    for (const t of stream.getTracks()) near.addTrack(t, stream);
    await near.setLocalDescription();
    await far.setRemoteDescription(near.localDescription);
    await far.setLocalDescription();
    await near.setRemoteDescription(far.localDescription);
  } catch (e) {
    say(e.name);
  }
});
