{# The identity_key of a user of Identity Center, whose id is unique in an identity store. That of an IAM user or role is
   its id, which AWS never uses again, and that of a root user the account's id. #}
{% macro identity_center_key(identity_store_id, user_id) %}
  {{ return(identity_store_id ~ " || '/' || " ~ user_id) }}
{% endmacro %}
