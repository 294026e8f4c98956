const source = new EventSource("/events");
source.addEventListener("note", (event) => console.log(JSON.parse(event.data)));
