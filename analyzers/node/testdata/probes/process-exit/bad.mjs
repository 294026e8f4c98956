// expect: still here
process.exit(1);

export default () => "still here";
