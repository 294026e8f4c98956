// expect: started
// expect: ticking
let ticks = 0;
setInterval(() => (ticks += 1), 10);

module.exports = (step) => (step === 1 ? "started" : ticks > 0 ? "ticking" : "stopped");
