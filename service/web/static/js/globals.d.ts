interface Window {
  htmx?: { process(element: Element): void };
}
