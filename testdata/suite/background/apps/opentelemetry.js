const http = require('http');
const { context, propagation, trace, SpanStatusCode } = require('@opentelemetry/api');
const { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-node');

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();
const tracer = trace.getTracer('suite');

http
  .createServer((req, res) => {
    const parent = propagation.extract(context.active(), req.headers);
    tracer.startActiveSpan(`${req.method} ${req.url}`, { attributes: { route: req.url } }, parent, async (span) => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      const names = await tracer.startActiveSpan('inner', async (inner) => {
        inner.addEvent('working');
        inner.setStatus({ code: SpanStatusCode.ERROR, message: 'not really' });
        inner.end();
        return inner.spanContext().traceId === span.spanContext().traceId;
      });
      span.end();
      const mine = exporter.getFinishedSpans().filter((finished) => finished.spanContext().traceId === span.spanContext().traceId);
      res.end(JSON.stringify({ names, spans: mine.map(({ name, status, attributes }) => ({ name, status, attributes })), active: trace.getActiveSpan() === span, parent: span.parentSpanContext?.traceId }));
    });
  })
  .listen(process.env.PORT || 3000);
