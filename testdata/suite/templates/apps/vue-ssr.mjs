import express from 'express';
import { createSSRApp, h, ref, computed } from 'vue';
import { pipeToNodeWritable, renderToString } from 'vue/server-renderer';

function createApp(start) {
  return createSSRApp({
    setup() {
      const count = ref(start);
      const double = computed(() => count.value * 2);
      return { count, double, items: ['a', '<b>'] };
    },
    template: `<div :class="{ big: count > 5 }"><button @click="count++">{{ count }}</button> {{ double }}
      <ul><li v-for="(item, i) in items" :key="i" v-text="item"></li></ul><p v-if="count">yes</p><p v-else>no</p></div>`,
  });
}

const app = express();
app.get('/', async (req, res) => res.send(await renderToString(createApp(Number(req.query.n ?? 1)))));
app.get('/render', async (req, res) => res.send(await renderToString(createSSRApp({ render: () => h('p', { id: 'x' }, 'render function') }))));
app.get('/stream', (req, res) => {
  res.type('html');
  pipeToNodeWritable(createApp(7), {}, res);
});

app.listen(process.env.PORT || 3000);
