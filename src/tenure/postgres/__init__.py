"""The only place anything is remembered, and the only place where transactions begin."""
