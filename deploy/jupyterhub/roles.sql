-- The roles of a catalog that many people share, on PostgreSQL 16 or newer.
--
-- A superuser runs this once, with passwords of their own:
--   psql -v owner_password="'…'" -v hub_password="'…'" -f roles.sql
-- then the owner makes the tables:
--   HICOGNITION_CATALOG=postgresql+psycopg://hicognition_owner:…@localhost/hicognition \
--     hicognition catalog upgrade

-- What every person is a member of. The tables' rights and policies name it.
CREATE ROLE hicognition_people NOLOGIN;

-- May hand over or delete what people leave; the hub's role is a member.
CREATE ROLE hicognition_hub NOLOGIN;

-- Owns the database and its tables. Only migrations run as this role.
CREATE ROLE hicognition_owner LOGIN NOCREATEROLE PASSWORD :owner_password;
CREATE DATABASE hicognition OWNER hicognition_owner;

-- Lives in the hub's process. It may make roles and put them among the people. It cannot
-- become the owner: since PostgreSQL 16, CREATEROLE reaches only roles that it made itself.
CREATE ROLE hicognition_jupyterhub LOGIN CREATEROLE PASSWORD :hub_password;
GRANT hicognition_people TO hicognition_jupyterhub WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
GRANT hicognition_hub TO hicognition_jupyterhub WITH ADMIN FALSE, INHERIT TRUE, SET FALSE;

-- Nobody else gets in.
REVOKE ALL ON DATABASE hicognition FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE hicognition TO hicognition_people;
GRANT CONNECT ON DATABASE hicognition TO hicognition_hub;

-- pg_hba.conf then asks everybody for a password, for example
--   host  hicognition  all  127.0.0.1/32  scram-sha-256
