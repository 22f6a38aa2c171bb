// The recruiter's own words stand in the preview of the mail while they are typed.
document.addEventListener("input", (e) => {
  const field = e.target;
  if (!(field instanceof HTMLTextAreaElement)) return;
  for (const shown of field.closest("[data-notice-letter]")?.querySelectorAll("[data-notice-shown]") ?? []) {
    shown.textContent = field.value.trim();
  }
});
