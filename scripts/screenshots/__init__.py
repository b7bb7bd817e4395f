"""The pictures README shows, and what makes them."""
