// Fetches an object three times over two connections, of which the second resumes the session of the first.
// usage: node fetch.mjs PORT PATH CA-FILE TLSv1.2|TLSv1.3
// Prints a line for each fetch: status, SHA-256 of the body, yes or no for a resumed session.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:https';

const [port, path, authority, version] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: readFileSync(authority), minVersion: version, maxVersion: version });

function fetch() {
    return new Promise((resolve, reject) => {
        const request = get({ host: '127.0.0.1', servername: 'localhost', headers: { Host: 'localhost' }, port, path, agent }, reply => {
            const { socket } = reply;
            const hash = createHash('sha256');
            reply.on('data', chunk => hash.update(chunk));
            reply.on('error', reject);
            reply.on('end', () => {
                console.log(reply.statusCode, hash.digest('hex').toUpperCase(), socket.isSessionReused() ? 'yes' : 'no');
                resolve(socket);
            });
        });
        request.on('error', reject);
    });
}

await fetch();
const first = await fetch();
first.destroy();
await fetch();
agent.destroy();
