"""The Textual app: screens compose and route, they do not compute."""
