// An origin that answers /hints with Early Hints, /processing with 102 Processing, and everything with a final answer behind it.
// Prints its port, and ends with its standard input.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
    const answer = () => response.writeHead(200, { 'Content-Type': 'text/plain', 'Cache-Control': 'max-age=60' }).end('done\n');
    if (request.url.startsWith('/hints'))
        response.writeEarlyHints({ link: ['</style.css>; rel=preload; as=style', '</app.js>; rel=preload; as=script'] }, answer);
    else
        response.writeProcessing(answer);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.resume();
process.stdin.on('end', () => process.exit());
