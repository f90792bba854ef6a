// A list that stays at its newest line unless its reader scrolled up; then a button leads back.

const SLACK_PX = 48;

export class Follow {
  #box;
  #button;
  #following = true;
  #top = 0;
  #held = false;

  constructor(box, button) {
    this.#box = box;
    this.#button = button;
    box.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    button.addEventListener('click', () => {
      this.jump();
      box.focus({ preventScroll: true });
    });
    const resized = new ResizeObserver(() => this.#stay());
    for (const node of [box, ...box.children]) resized.observe(node);
  }

  get following() {
    return this.#following && !this.#held;
  }

  /** While the reader works on a line, it stays where it is; afterwards the list goes on as before. */
  hold(on) {
    this.#held = on;
    this.#stay();
  }

  /** Call after lines were added or have grown. */
  added() {
    this.#stay();
    if (!this.following) this.#button.hidden = false;
  }

  jump() {
    this.#following = true;
    this.#button.hidden = true;
    this.#box.scrollTop = this.#box.scrollHeight;
  }

  #stay() {
    if (this.following) this.#box.scrollTop = this.#box.scrollHeight;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#box;
    if (scrollHeight - clientHeight - scrollTop < SLACK_PX) {
      this.#following = true;
      this.#button.hidden = true;
      // Only a reader scrolls up; a box that shrank (a card came in above) scrolls nothing, yet its end is out of sight.
    } else if (scrollTop < this.#top - 1) this.#following = false;
    this.#top = scrollTop;
  }
}
