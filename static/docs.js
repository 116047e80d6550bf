/* Starts Swagger UI on the docs page. A file of its own, because the page's policy forbids inline scripts. */

const element = document.getElementById("api");

window.SwaggerUIBundle({
  domNode: element,
  url: element.dataset.openapi,
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
});
