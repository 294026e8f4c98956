const workerpool = require('workerpool');

function fibonacci(n) {
  if (n > 30) throw new Error('too much');
  return n < 2 ? n : fibonacci(n - 2) + fibonacci(n - 1);
}

workerpool.worker({
  fibonacci,
  add: (a, b) => a + b,
  later: (text) => new Promise((resolve) => setTimeout(resolve, 10, `later ${text}`)),
});
