/* Starts Swagger UI on the docs page. A file of its own, because the page's policy forbids inline scripts. */

const element = document.getElementById("api");
const dark = matchMedia("(prefers-color-scheme: dark)");

/** Swagger UI is dark under this class; here the system decides. */
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

/** Swagger UI takes JSON Lines for a file to download: hand it the text, so that "Try it out" shows the lines. */
async function showLines(response) {
  if (response.headers?.["content-type"]?.startsWith("application/jsonl")) {
    response.text = response.data = await response.data.text();
    response.headers["content-type"] = "text/plain";
  }
  return response;
}

window.SwaggerUIBundle({
  domNode: element,
  url: element.dataset.openapi,
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  responseInterceptor: showLines,
});
