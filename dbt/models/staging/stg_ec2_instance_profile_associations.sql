{{ staging('ec2_instance_profile_associations') }}
