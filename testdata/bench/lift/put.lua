wrk.method = "PUT"
wrk.headers["content-type"] = "application/json"
wrk.body = '{"title":"Written","tags":["a","b","c"],"done":true}'
