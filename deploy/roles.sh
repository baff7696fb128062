#!/bin/sh
# Runs once, when the database's volume is empty: the two logins and the extensions that
# app/cluster_roles.py gives to a private cluster.
set -eu
psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set=owner_password="$GESUIBO_OWNER_PASSWORD" --set=login_password="$GESUIBO_LOGIN_PASSWORD" <<'SQL'
create role gesuibo_owner login createrole password :'owner_password';
create role gesuibo_login login password :'login_password';
create role gesuibo_app nologin;
grant gesuibo_app to gesuibo_login;
grant gesuibo_app to gesuibo_owner with admin option;
create database gesuibo owner gesuibo_owner;
revoke connect, temporary on database gesuibo from public;
grant connect on database gesuibo to gesuibo_login;
\connect gesuibo
create extension if not exists postgis;
create extension if not exists pg_trgm;
create extension if not exists btree_gist;
SQL
