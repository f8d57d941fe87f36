// Leaflet with its styles, as one file of its own.
import 'leaflet/dist/leaflet.css';
import * as leaflet from 'leaflet';

export default leaflet;
