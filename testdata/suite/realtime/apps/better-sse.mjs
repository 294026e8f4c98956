import express from 'express';
import { createChannel, createSession } from 'better-sse';
import { EventSource } from 'eventsource';

const app = express();
const channel = createChannel();

app.get('/events', async (req, res) => {
  const session = await createSession(req, res, { keepAlive: null });
  session.push({ hello: 'world' }, 'greeting', '1');
  session.push('plain text');
  await session.iterate(['a', 'b'], { eventName: 'letter' });
  res.end();
});

app.get('/channel', async (req, res) => {
  const session = await createSession(req, res);
  channel.register(session);
});

app.get('/client', (req, res) => {
  const source = new EventSource(`http://${process.env.SELF ?? 'localhost:3000'}/channel`);
  source.addEventListener('news', (event) => {
    source.close();
    res.json({ heard: JSON.parse(event.data), type: event.type });
  }, { once: true });
  source.onopen = () => channel.broadcast({ sessions: channel.sessionCount > 0 }, 'news');
});

app.get('/', (req, res) => res.send('sse'));

app.listen(process.env.PORT || 3000);
