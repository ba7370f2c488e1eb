// Sends messages of several sizes over a WebSocket and compares what comes back.
//
// usage: node --experimental-websocket websocket.mjs URL
// Prints the subprotocol, a line for each message, and the code of the close. NODE_EXTRA_CA_CERTS names the authority.
const sizes = [1, 125, 126, 65536, 1000000];
const socket = new WebSocket(process.argv[2], ['chat', 'echo']);
socket.binaryType = 'arraybuffer';
let next = 0;
let sent;

function send() {
    if (next === sizes.length) {
        socket.close(1000);
        return;
    }
    sent = Buffer.alloc(sizes[next], next + 1);
    socket.send(sent);
}

socket.onopen = () => {
    console.log(socket.protocol);
    send();
};
socket.onmessage = (event) => {
    console.log(sizes[next++], Buffer.from(event.data).equals(sent) ? 'same' : 'other');
    send();
};
socket.onerror = (event) => console.error(event.message ?? event.error);
socket.onclose = (event) => console.log(event.code);
