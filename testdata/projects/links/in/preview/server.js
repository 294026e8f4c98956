const express = require('express');
const path = require('path');

const app = express();
app.set('view engine', 'ejs');
app.set('views', path.join(__dirname, 'views'));

app.get('/render', (req, res) => {
  const { title = 'untitled', url = '' } = req.query;
  res.render('card', { title, url, host: URL.canParse(url) ? new URL(url).host : null });
});

app.get('/healthz', (req, res) => res.send('ok'));

app.listen(process.env.PORT || 5000);
