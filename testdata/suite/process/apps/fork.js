const express = require('express');
const { fork } = require('child_process');
const path = require('path');

const app = express();

app.get('/compute/:n', (req, res) => {
  const child = fork(path.join(__dirname, '..', 'tasks', 'child.js'), ['--double']);
  child.on('message', (message) => {
    res.json({ ...message, connected: child.connected });
    child.kill();
  });
  child.send({ n: Number(req.params.n) });
});

app.get('/exit/:code', (req, res) => {
  const child = fork(path.join(__dirname, '..', 'tasks', 'child.js'), ['--exit', req.params.code]);
  child.on('exit', (code, signal) => res.json({ code, signal }));
});

app.listen(process.env.PORT || 3000);
