/**
 * Databases on the phone. Upgrades only add stores: what was saved by an older version stays
 * readable. A connection that the system closes (a phone short of memory, just when the camera
 * opens) is opened again.
 */

/** @typedef {{ name: string, version: number, stores: Record<string, IDBObjectStoreParameters> }} Shape */

/** @param {IDBOpenDBRequest} opening @param {Shape} shape */
function addStores(opening, shape) {
  for (const [name, options] of Object.entries(shape.stores)) {
    if (!opening.result.objectStoreNames.contains(name))
      opening.result.createObjectStore(name, options);
  }
}

export class Database {
  /** @param {Shape} shape */
  constructor(shape) {
    this.shape = shape;
    /** @type {Promise<IDBDatabase> | null} */
    this.opened = null;
  }

  /** @returns {Promise<IDBDatabase>} */
  open() {
    this.opened ??= new Promise((resolve, reject) => {
      const opening = indexedDB.open(this.shape.name, this.shape.version);
      opening.onupgradeneeded = () => addStores(opening, this.shape);
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const base = opening.result;
        base.onclose = () => this.forget();
        base.onversionchange = () => {
          base.close();
          this.forget();
        };
        resolve(base);
      };
    });
    this.opened.catch(() => this.forget());
    return this.opened;
  }

  forget() {
    this.opened = null;
  }

  /**
   * Everything in `act` is on the disk together, or not at all; resolved once it is there.
   * @template T
   * @param {string[]} stores
   * @param {(store: (name: string) => IDBObjectStore) => IDBRequest<T> | void} act
   * @param {IDBTransactionMode} mode
   * @returns {Promise<T>}
   */
  async run(stores, act, mode = "readwrite") {
    try {
      return await this.once(stores, act, mode);
    } catch (error) {
      if (!(error instanceof DOMException) || !CLOSED.has(error.name)) throw error;
      this.forget();
      return await this.once(stores, act, mode);
    }
  }

  /**
   * @template T
   * @param {string[]} stores
   * @param {(store: (name: string) => IDBObjectStore) => IDBRequest<T> | void} act
   * @param {IDBTransactionMode} mode
   * @returns {Promise<T>}
   */
  async once(stores, act, mode) {
    const base = await this.open();
    return await new Promise((resolve, reject) => {
      const transaction = base.transaction(stores, mode, { durability: "strict" });
      const request = act((name) => transaction.objectStore(name));
      transaction.oncomplete = () =>
        resolve(/** @type {T} */ (request ? request.result : undefined));
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }

  /**
   * @template T
   * @param {string[]} stores
   * @param {(store: (name: string) => IDBObjectStore) => IDBRequest<T>} act
   * @returns {Promise<T>}
   */
  read(stores, act) {
    return this.run(stores, act, "readonly");
  }
}

const CLOSED = new Set(["InvalidStateError", "UnknownError"]);
