watch-live = En vivo
