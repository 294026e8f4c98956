// expect: /app/dirname-path
module.exports = () => __dirname;
