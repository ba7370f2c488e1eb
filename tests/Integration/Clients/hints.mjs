// Fetches an object, and prints a line for each interim response with its Link, and one for the final response with its body.
// usage: node hints.mjs PORT PATH CA-FILE
import { readFileSync } from 'node:fs';
import { get } from 'node:https';

const [port, path, authority] = process.argv.slice(2);
const options = { host: '127.0.0.1', servername: 'localhost', headers: { Host: 'localhost' }, port, path, ca: readFileSync(authority) };
const request = get({ ...options, agent: false }, reply => {
    let body = '';
    reply.on('data', chunk => body += chunk);
    reply.on('end', () => console.log(reply.statusCode, body.trim()));
});
request.on('information', interim => console.log(interim.statusCode, interim.headers.link ?? '-'));
request.on('error', error => {
    console.error(error);
    process.exitCode = 1;
});
