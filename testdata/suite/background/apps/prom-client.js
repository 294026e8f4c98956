const express = require('express');
const client = require('prom-client');

const app = express();
const register = new client.Registry();
client.collectDefaultMetrics({ register, prefix: 'node_' });
const requests = new client.Counter({ name: 'requests_total', help: 'Requests', labelNames: ['path'], registers: [register] });
const duration = new client.Histogram({ name: 'duration_seconds', help: 'Durations', buckets: [0.1, 1, 5], registers: [register] });
const size = new client.Summary({ name: 'size_bytes', help: 'Sizes', percentiles: [0.5, 0.9], registers: [register] });
const gauge = new client.Gauge({ name: 'users', help: 'Users', registers: [register] });

app.post('/work/:path', (req, res) => {
  requests.inc({ path: req.params.path });
  const end = duration.startTimer();
  size.observe(req.params.path.length);
  gauge.set(5);
  end();
  res.sendStatus(204);
});
app.get('/metrics', async (req, res) => {
  res.set('Content-Type', register.contentType);
  const text = await register.metrics();
  res.end(text.split('\n').filter((line) => line && !line.includes('node_') && !line.startsWith('duration_seconds_sum')).join('\n'));
});
app.get('/defaults', async (req, res) => {
  const text = await register.metrics();
  res.json(['node_process_cpu_seconds_total', 'node_process_resident_memory_bytes', 'node_nodejs_eventloop_lag_seconds', 'node_nodejs_version_info'].map((name) => text.includes(name)));
});

app.listen(process.env.PORT || 3000);
