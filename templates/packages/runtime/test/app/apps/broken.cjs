require("node:http").createServer().listen(3000);
throw new Error("the secret reason");
