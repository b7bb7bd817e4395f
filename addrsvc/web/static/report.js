// What scripts add to the form of a report, which works without them: the place from the device or
// from a tap on the map. Both fill the field for the place; nothing is sent before the form is.

const form = document.getElementById("report");
const { place, accuracy_m: accuracy } = form.elements;
const status = document.getElementById("place-status");
const button = document.getElementById("locate");

const fill = (lon, lat, metres) => {
  place.value = `${lat.toFixed(6)}, ${lon.toFixed(6)}`;
  accuracy.value = metres;
};

if (place !== undefined) {
  const words = JSON.parse(button.dataset.words);
  place.addEventListener("input", () => {
    accuracy.value = "";
    status.textContent = "";
  });

  if ("geolocation" in navigator && isSecureContext) {
    button.hidden = false;
    button.addEventListener("click", () => {
      status.textContent = words.waiting;
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          const metres = Math.max(1, Math.round(coords.accuracy));
          fill(coords.longitude, coords.latitude, metres);
          status.textContent = words.done.replace("{metres}", metres);
        },
        (error) => {
          const isRefused = error.code === error.PERMISSION_DENIED;
          status.textContent = isRefused ? words.refused : words.failed;
        },
        { enableHighAccuracy: true, timeout: 20_000, maximumAge: 30_000 },
      );
    });
  }

  document.getElementById("use-tapped")?.addEventListener("click", () => {
    const { lon, lat } = document.getElementById("tapped").elements;
    fill(Number(lon.value), Number(lat.value), "");
    status.textContent = words.mapped;
    place.focus();
  });
}
