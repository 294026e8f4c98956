// No server: a worker that polls.
let count = 0;
setInterval(() => console.log(`poll ${++count}`), 10);
