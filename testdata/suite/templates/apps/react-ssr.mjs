import express from 'express';
import { createElement as h, Suspense, use, useId, useState } from 'react';
import { renderToPipeableStream, renderToStaticMarkup, renderToString } from 'react-dom/server';

function Counter({ start }) {
  const [count] = useState(start);
  const id = useId();
  return h('button', { id, disabled: count > 3, 'aria-label': 'count' }, `Clicked ${count} times`);
}

function Page({ title, children }) {
  return h('html', null, h('head', null, h('title', null, title)), h('body', null, h('h1', null, title), children));
}

function Slow({ promise }) {
  return h('p', null, use(promise));
}

const app = express();
app.get('/', (req, res) => res.send(renderToString(h('div', { className: 'app' }, h(Counter, { start: 2 }), '<escaped>'))));
app.get('/static', (req, res) => res.send(renderToStaticMarkup(h('ul', null, ['a', 'b'].map((x) => h('li', { key: x, style: { marginTop: 4 } }, x))))));
app.get('/stream', (req, res) => {
  const promise = new Promise((resolve) => setTimeout(resolve, 20, 'at last'));
  const { pipe } = renderToPipeableStream(
    h(Page, { title: 'Streamed' }, h(Suspense, { fallback: h('i', null, 'wait') }, h(Slow, { promise }))),
    {
      onShellReady() {
        res.setHeader('content-type', 'text/html');
        pipe(res);
      },
    },
  );
});
app.get('/error', (req, res) => {
  try {
    renderToString(h(() => { throw new Error('render failed'); }));
  } catch (err) {
    res.status(422).send(err.message);
  }
});

app.listen(process.env.PORT || 3000);
