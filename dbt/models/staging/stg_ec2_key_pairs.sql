{{ staging('ec2_key_pairs') }}
