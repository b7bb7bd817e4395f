"""VN-2000 zones as reference systems of the database, with the pinned datum shift.

PROJ, and so PostGIS, knows these systems by their EPSG numbers, but chooses another shift
south of latitude 11.04 degrees (and spatial_ref_sys lacks the provincial zones). These rows
say the official one: 909210 is 9210 with it, and
ST_Transform(position, 909210) gives what addrsvc.geo.crs gives. The service itself stores and
asks in degrees and needs none of them: they are for people who query the database.

spatial_ref_sys belongs to whoever made the extension, often a superuser. Where the role that
migrates may not add to it, nothing is added and a warning says what an administrator can do:

    GRANT INSERT, DELETE ON spatial_ref_sys TO the owner of these tables;
    SELECT add_vn2000_systems();

Revision: 0020_vn2000
"""

from alembic import op

revision = "0020_vn2000"
down_revision = "0019_planning"
branch_labels = None
depends_on = None

DDL = """
CREATE FUNCTION add_vn2000_systems() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    -- rotations as position vector, which proj4 and WKT 1 want; the decision prints the other signs
    shift CONSTANT text := '-191.90441429,-39.30318279,-111.45032835,'
                           '0.00928836,-0.01975479,0.00427372,0.252906278';
    degrees CONSTANT text := 'GEOGCS["VN-2000",DATUM["Vietnam_2000",'
        'SPHEROID["WGS 84",6378137,298.257223563],TOWGS84[' || shift || ']],'
        'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]';
    added integer;
BEGIN
    INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text)
    SELECT 900000 + epsg, 'addrsvc', 900000 + epsg,
        'PROJCS["VN-2000 / ' || called || '",' || degrees
            || ',PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0]'
            || ',PARAMETER["central_meridian",' || meridian || ']'
            || ',PARAMETER["scale_factor",' || scale || ']'
            || ',PARAMETER["false_easting",500000],PARAMETER["false_northing",0]'
            || ',UNIT["metre",1]]',
        '+proj=tmerc +lat_0=0 +lon_0=' || meridian || ' +k=' || scale
            || ' +x_0=500000 +y_0=0 +ellps=WGS84 +towgs84=' || shift || ' +units=m +no_defs'
    FROM (VALUES
        (3405, 105.0, 0.9996, 'UTM zone 48N'), (3406, 111.0, 0.9996, 'UTM zone 49N'),
        (5896, 102.0, 0.9999, 'TM-3 102-00'), (5897, 105.0, 0.9999, 'TM-3 105-00'),
        (5898, 108.0, 0.9999, 'TM-3 108-00'), (5899, 107.75, 0.9999, 'TM-3 107-45'),
        (9205, 103.0, 0.9999, 'TM-3 103-00'), (9206, 104.0, 0.9999, 'TM-3 104-00'),
        (9207, 104.5, 0.9999, 'TM-3 104-30'), (9208, 104.75, 0.9999, 'TM-3 104-45'),
        (9209, 105.5, 0.9999, 'TM-3 105-30'), (9210, 105.75, 0.9999, 'TM-3 105-45'),
        (9211, 106.0, 0.9999, 'TM-3 106-00'), (9212, 106.25, 0.9999, 'TM-3 106-15'),
        (9213, 106.5, 0.9999, 'TM-3 106-30'), (9214, 107.0, 0.9999, 'TM-3 107-00'),
        (9215, 107.25, 0.9999, 'TM-3 107-15'), (9216, 107.5, 0.9999, 'TM-3 107-30'),
        (9217, 108.25, 0.9999, 'TM-3 108-15'), (9218, 108.5, 0.9999, 'TM-3 108-30')
    ) AS zone (epsg, meridian, scale, called)
    UNION ALL
    SELECT 904756, 'addrsvc', 904756, degrees,
        '+proj=longlat +ellps=WGS84 +towgs84=' || shift || ' +no_defs'
    ON CONFLICT (srid) DO NOTHING;
    GET DIAGNOSTICS added = ROW_COUNT;
    RETURN added;
END
$$;
COMMENT ON FUNCTION add_vn2000_systems IS
    'Adds the VN-2000 systems with the official shift: 900000 + EPSG number. As often as wanted.';

DO $$
BEGIN
    IF has_table_privilege('spatial_ref_sys', 'INSERT') THEN
        PERFORM add_vn2000_systems();
    ELSE
        RAISE WARNING 'VN-2000 systems not added: % may not add to spatial_ref_sys', current_user
            USING HINT = 'As its owner: SELECT add_vn2000_systems();';
    END IF;
END
$$;
"""

BACK = """
DO $$
BEGIN
    IF has_table_privilege('spatial_ref_sys', 'DELETE') THEN
        DELETE FROM spatial_ref_sys WHERE auth_name = 'addrsvc';
    END IF;
END
$$;
DROP FUNCTION add_vn2000_systems();
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
